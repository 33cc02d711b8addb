//! Random requests: contexts whose times lie at, just before and just after every boundary that organizations use.

use std::net::{IpAddr, Ipv4Addr};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use tenantry::access::{Context, Ownership};

/// How many instants there are at which something may start or end.
pub(crate) const MOMENTS: i64 = 4;

/// When organizations are founded, before every moment.
pub(crate) fn start() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap()
}

/// One of the instants at which things start and end.
pub(crate) fn moment(number: i64) -> Timestamp {
    start().checked_add(SignedDuration::from_hours(24 * (number + 1))).unwrap()
}

/// Every moment with the nanoseconds next to it, in order.
pub(crate) fn moments() -> Vec<Timestamp> {
    let around = |number| {
        [-1, 0, 1].map(|by| moment(number).checked_add(SignedDuration::from_nanos(by)).unwrap())
    };
    (0..MOMENTS).flat_map(around).collect()
}

/// An IPv4 address as IPv6 spells it.
pub(crate) fn as_ipv6(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(four) => four.to_ipv6_mapped().into(),
        IpAddr::V6(_) => address,
    }
}

fn address() -> impl Strategy<Value = IpAddr> {
    let inside: IpAddr = Ipv4Addr::new(10, 1, 2, 3).into();
    let outside: IpAddr = Ipv4Addr::new(192, 0, 2, 7).into();
    prop_oneof![
        4 => Just(inside),
        2 => Just(as_ipv6(inside)),
        1 => Just("2001:db8::7".parse().unwrap()),
        2 => Just(outside),
        1 => Just(as_ipv6(outside)),
        1 => Just("2001:db9::7".parse().unwrap()),
    ]
}

/// A context in which some things are known.
pub(crate) fn context() -> impl Strategy<Value = Context> {
    let time = prop_oneof![
        1 => Just(None),
        4 => proptest::sample::select(moments()).prop_map(Some),
    ];
    (time, timeless()).prop_map(|(time, context)| match time {
        Some(time) => context.at(time),
        None => context,
    })
}

/// A context that leaves the time to the clock.
pub(crate) fn timeless() -> impl Strategy<Value = Context> {
    let network = proptest::option::weighted(0.8, address());
    let mfa = proptest::option::weighted(0.8, proptest::bool::weighted(0.7));
    let method = proptest::sample::select(vec![None, Some("password"), Some("saml"), Some("saml")]);
    let ownership = prop_oneof![
        3 => Just(Ownership::Unsaid),
        2 => Just(Ownership::Owned),
        2 => Just(Ownership::NotOwned),
    ];
    (network, mfa, method, ownership).prop_map(|(network, mfa, method, ownership)| {
        let mut context = Context::new().ownership(ownership);
        if let Some(network) = network {
            context = context.network(network);
        }
        if let Some(mfa) = mfa {
            context = context.mfa(mfa);
        }
        if let Some(method) = method {
            context = context.login_method(method.parse().unwrap());
        }
        context
    })
}

/// The contexts of one case.
pub(crate) fn contexts() -> impl Strategy<Value = Vec<Context>> {
    proptest::collection::vec(context(), 5)
}
