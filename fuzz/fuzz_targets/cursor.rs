#![no_main]

tenantry_fuzz::target!("cursor");
