mod agreement;
mod limits;
pub(in crate::governance) mod set_aside;
