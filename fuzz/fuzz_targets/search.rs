#![no_main]

tenantry_fuzz::target!("search");
