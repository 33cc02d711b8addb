#![no_main]

tenantry_fuzz::target!("names");
