//! Which versions are compared: those that Cargo resolved, read from the lock file that this program was built with.

const LOCK: &str = include_str!("../Cargo.lock");

/// The version of a package that this one depends on.
pub fn version(package: &str) -> Option<&'static str> {
    version_in(LOCK, package)
}

fn version_in<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    // Where there are several versions of a package, those who depend on one say which.
    let block =
        |name: &str| lock.split("[[package]]").find(|block| field(block, "name = ") == Some(name));
    let named = block(env!("CARGO_PKG_NAME"))?.lines().find_map(|line| {
        let dependency = quoted(line.trim().trim_end_matches(','))?;
        dependency.strip_prefix(package)?.strip_prefix(' ')
    });
    named.or_else(|| field(block(package)?, "version = "))
}

/// What stands in quotes behind a key.
fn field<'a>(block: &'a str, key: &str) -> Option<&'a str> {
    block.lines().find_map(|line| quoted(line.strip_prefix(key)?))
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let lock = r#"
[[package]]
name = "a"
version = "1.2.3"

[[package]]
name = "b"
version = "0.1.0"

[[package]]
name = "b"
version = "0.2.0"

[[package]]
name = "tenantry-peers"
version = "0.0.0"
dependencies = [
 "a",
 "b 0.2.0",
]
"#;
        assert_eq!(version_in(lock, "a"), Some("1.2.3"));
        assert_eq!(version_in(lock, "b"), Some("0.2.0"));
        assert_eq!(version_in(lock, "c"), None);
    }

    #[test]
    fn every_engine_is_locked() {
        for package in ["tenantry", "cedar-policy", "casbin", "gatehouse", "regorus", "hashbrown"] {
            assert!(version(package).is_some(), "{package}");
        }
    }
}
