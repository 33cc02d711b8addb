//! Running a process under strace, which shows the calls that it makes to the system and spoils one of them.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::{env, fmt, fs};

use crate::child::{FILE, ROLE, Role, VOICE};
use crate::home::Home;

/// Every call that changes a file or a folder, or makes such a change durable. A question mark lets strace pass over what
/// this machine's architecture does not have.
const CHANGES: &str = "?open,openat,?creat,?mkdir,mkdirat,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,\
     sync_file_range,msync,truncate,ftruncate,fallocate,copy_file_range,?unlink,unlinkat,?link,linkat,?rename,\
     ?renameat,renameat2";

/// Every call that SQLite could read a file by.
const READS: &str = "read,readv,pread64,preadv,preadv2";

const SIGKILL: i32 = 9;

/// Which calls are looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Calls {
    Changes,
    Reads,
}

/// One call of a process's life: the so-manyth of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) name: String,
    pub(crate) nth: usize,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} number {}", self.name, self.nth)
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Injection {
    /// The process is killed as it makes the call, which does not happen any more.
    Kill,
    /// The call fails with this error and does nothing.
    Once(&'static str),
    /// So does every later call of this name.
    FromThenOn(&'static str),
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Killed,
    Returned,
}

/// Lets a process live undisturbed and gives what strace saw of it, a line for every call.
pub(crate) fn traced(role: Role, home: &Home, calls: Calls) -> String {
    let (end, trace) = run(role, home, calls, None);
    assert_eq!(end, End::Returned);
    trace
}

/// Lets a process live undisturbed and gives the calls that it made to the store's folder, in order.
pub(crate) fn points(role: Role, home: &Home, calls: Calls) -> Vec<Point> {
    let trace = traced(role, home, calls);
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut points = Vec::new();
    for line in trace.lines() {
        let (thread, name) = parts(line);
        if !is_counted(name, line, home) {
            continue;
        }
        let count = counts.entry((name, thread)).or_default();
        *count += 1;
        if is_of_store(line, home) {
            points.push((thread, Point { name: name.to_owned(), nth: *count }));
        }
    }
    // strace counts for every thread anew, so another thread's call would be the one that is spoiled.
    for (thread, Point { name, .. }) in &points {
        let is_other = |(its, other): &(&str, &str)| its == name && other != thread;
        assert!(!counts.keys().any(is_other), "another thread calls {name} as well");
    }
    points.into_iter().map(|(_, point)| point).collect()
}

fn is_of_store(line: &str, home: &Home) -> bool {
    line.contains(home.folder().to_str().unwrap())
}

/// Whether strace counts a call. Every program opens and reads files, so of these only those of the store are counted.
fn is_counted(name: &str, line: &str, home: &Home) -> bool {
    let is_on = |path: &String| {
        line.contains(&format!("\"{path}\"")) || line.contains(&format!("<{path}>"))
    };
    !is_common(name) || home.paths().iter().any(is_on)
}

fn is_common(name: &str) -> bool {
    name.starts_with("open") || name.contains("read")
}

/// The thread and the name of the call in a line such as `17 fsync(5</a/path>) = 0`.
pub(crate) fn parts(line: &str) -> (&str, &str) {
    let (call, _) = line.split_once('(').unwrap_or_else(|| panic!("strace says `{line}`"));
    let mut words = call.split_whitespace();
    let (Some(thread), Some(name), None) = (words.next(), words.next(), words.next()) else {
        panic!("two threads are at work: {line}")
    };
    (thread, name)
}

/// Runs a process in which one call is spoiled. Also tells whether it came to that call.
pub(crate) fn spoiled(
    role: Role,
    home: &Home,
    calls: Calls,
    point: &Point,
    injection: Injection,
) -> (End, bool) {
    let (end, trace) = run(role, home, calls, Some((point, injection)));
    let mut same = trace
        .lines()
        .filter(|line| parts(line).1 == point.name && is_counted(&point.name, line, home));
    let is_there = same.nth(point.nth - 1).is_some_and(|line| is_of_store(line, home));
    (end, is_there)
}

fn run(role: Role, home: &Home, calls: Calls, spoil: Option<(&Point, Injection)>) -> (End, String) {
    let set = match calls {
        Calls::Changes => CHANGES,
        Calls::Reads => READS,
    };
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-qq", "-s", "0", "-e", "signal=none", "-o"]);
    command.arg(home.trace()).args(["-e", &format!("trace={set}")]);
    if let Some((Point { name, nth }, injection)) = spoil {
        let what = match injection {
            Injection::Kill => format!("signal=KILL:when={nth}"),
            Injection::Once(error) => format!("error={error}:when={nth}"),
            Injection::FromThenOn(error) => format!("error={error}:when={nth}+"),
        };
        command.args(["-e", &format!("inject={name}:{what}")]);
        if is_common(name) {
            command.args(home.paths().iter().flat_map(|path| ["-P", path]));
        }
    }
    command.arg(env::current_exe().unwrap());
    command.args(["--exact", "child::child", "--nocapture"]);
    command.env(ROLE, role.to_string()).env(FILE, home.file()).env(VOICE, home.voice());
    let output = match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("these tests need strace, which is not installed: `apt-get install strace`")
        }
        output => output.unwrap(),
    };
    let trace = fs::read_to_string(home.trace()).unwrap_or_default();
    let end = match (output.status.signal(), output.status.code()) {
        (Some(SIGKILL), _) => End::Killed,
        (_, Some(0)) => End::Returned,
        _ => panic!(
            "strace or what it runs failed, {}; {spoil:?}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        ),
    };
    (end, trace)
}
