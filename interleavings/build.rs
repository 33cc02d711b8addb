//! Says that this is the build in which threads take turns.

fn main() {
    println!("cargo::rustc-cfg=tenantry_shuttle");
    println!("cargo::rustc-check-cfg=cfg(tenantry_shuttle)");
    println!("cargo::rerun-if-changed=build.rs");
}
