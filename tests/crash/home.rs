//! Where a store lives while things happen to it: a folder for its file, and what was said and seen of it beside that.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scratch::Scratch;
use crate::telling::Said;

/// A store's folder, removed on drop.
#[derive(Debug)]
pub(crate) struct Home(Scratch);

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self(Scratch::new());
        fs::create_dir(home.folder()).unwrap();
        home
    }

    /// The same files in another place: what a process that was killed left behind can be looked at more than once.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        for entry in fs::read_dir(self.folder()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), copy.folder().join(entry.file_name())).unwrap();
        }
        fs::copy(self.voice(), copy.voice()).unwrap();
        copy
    }

    /// The folder that only the store writes to.
    pub(crate) fn folder(&self) -> PathBuf {
        self.0.path().join("store")
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder().join("access.db")
    }

    /// The files that SQLite keeps for a store, and their folder.
    pub(crate) fn paths(&self) -> [String; 5] {
        let file = self.file();
        let file = file.to_str().unwrap();
        let beside = ["", "-wal", "-shm", "-journal"].map(|end| format!("{file}{end}"));
        let [file, log, index, journal] = beside;
        [self.folder().to_str().unwrap().to_owned(), file, log, index, journal]
    }

    pub(crate) fn voice(&self) -> PathBuf {
        self.0.file("said")
    }

    pub(crate) fn trace(&self) -> PathBuf {
        self.0.file("trace")
    }

    /// Everything that was said here, by one process after the other.
    pub(crate) fn said(&self) -> Vec<Said> {
        said(&self.voice())
    }
}

fn said(path: &Path) -> Vec<Said> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
