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

/// Lets a process live undisturbed and gives the calls that it made to the store's folder, in order.
pub(crate) fn points(role: Role, home: &Home, calls: Calls) -> Vec<Point> {
    let (end, _) = run(role, home, calls, None);
    assert_eq!(end, End::Returned);
    let trace = fs::read_to_string(home.trace()).unwrap();
    let folder = home.folder();
    let folder = folder.to_str().unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut points = Vec::new();
    for call in trace.lines() {
        let name = name(call);
        let count = counts.entry(name).or_default();
        *count += 1;
        if call.contains(folder) {
            points.push(Point { name: name.to_owned(), nth: *count });
        }
    }
    points
}

/// The name of the call in a line such as `17 fsync(5</a/path>) = 0`.
fn name(line: &str) -> &str {
    let call = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    let (name, _) = call.split_once('(').unwrap_or_else(|| panic!("strace says `{line}`"));
    assert!(!name.contains(['<', ' ']), "another thread is in the way: {line}");
    name
}

/// Runs a process in which one call is spoiled. Also tells whether it came to that call, in the store's folder.
pub(crate) fn spoiled(
    role: Role,
    home: &Home,
    calls: Calls,
    point: &Point,
    injection: Injection,
) -> (End, bool) {
    let (end, trace) = run(role, home, calls, Some((point, injection)));
    let folder = home.folder();
    let mut of_this_name = trace.lines().filter(|line| name(line) == point.name);
    let call = of_this_name.nth(point.nth - 1);
    (end, call.is_some_and(|line| line.contains(folder.to_str().unwrap())))
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
    }
    // Calls are counted per thread, so there is one thread only.
    command.arg(env::current_exe().unwrap());
    command.args(["--exact", "child::child", "--nocapture", "--test-threads=1"]);
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
