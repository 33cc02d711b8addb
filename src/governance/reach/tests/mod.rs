mod agreement;
mod limits;
