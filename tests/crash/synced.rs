//! What kill -9 cannot show, because the system still has what was written: that it was synced before anybody was told.

use std::collections::BTreeSet;
use std::fs;

use crate::child::Role;
use crate::home::Home;
use crate::telling::Said;
use crate::tracing::{Calls, parts, traced};

/// The path of the file that a call is made on: the first one in the line that is quoted or stands for an open file.
fn first_path(line: &str) -> &str {
    line.split(['<', '>', '"']).find(|part| part.starts_with('/')).unwrap_or_default()
}

/// Whenever an answer is given, nothing that was written or linked is without a later sync of the file or folder. The index
/// beside the log is not counted: it is made anew from the log. Nor is cutting the log: what it held is in the file.
#[test]
fn s3_what_is_acknowledged_was_synced_before() {
    let home = Home::new();
    let trace = traced(Role::Live, &home, Calls::Changes);
    let (folder, voice) = (home.folder(), home.voice());
    let (folder, voice) = (folder.to_str().unwrap(), voice.to_str().unwrap());
    let mut said = home.said().into_iter();
    let mut unsynced = BTreeSet::new();
    let mut answers = 0;
    let mut syncs = 0;
    for line in trace.lines() {
        let path = first_path(line);
        match parts(line).1 {
            "write" if path == voice => {
                let is_answer = said.next() == Some(Said::Answered);
                assert!(!is_answer || unsynced.is_empty(), "answered before syncing {unsynced:?}");
                answers += usize::from(is_answer);
            }
            _ if !line.contains(folder) || path.ends_with("-shm") => {}
            "fsync" | "fdatasync" => {
                syncs += usize::from(unsynced.remove(path));
            }
            "link" | "linkat" => {
                unsynced.insert(folder);
            }
            "unlink" | "unlinkat" => {
                let is_gone = |path: &str| line.contains(&format!("\"{path}\""));
                unsynced.retain(|path| !is_gone(path));
            }
            name if name.contains("write") => {
                unsynced.insert(path);
            }
            _ => {}
        }
    }
    assert!(fs::exists(home.file()).unwrap());
    assert_eq!(said.next(), None, "something was said that strace did not see");
    assert!(answers >= 10, "only {answers} answers");
    assert!(syncs >= answers, "only {syncs} syncs");
}
