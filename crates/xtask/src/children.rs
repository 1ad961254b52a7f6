//! Long-running programs: each in a process group of its own, all ended together, whatever happens.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Context, Failure, Result};

const GRACE: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(100);

/// Programs that run until this value is dropped.
#[derive(Default)]
pub(crate) struct Children {
    running: Vec<Running>,
}

struct Running {
    name: &'static str,
    /// Where it writes what it says.
    log: PathBuf,
    child: Child,
}

impl Children {
    /// Starts a program that writes to a log file.
    pub(crate) fn start(&mut self, name: &'static str, command: &mut Command, log: &Path) -> Result<()> {
        let (out, err) = log_file(log)?;
        self.spawn(name, command.stdout(out).stderr(err), log).map(|_| ())
    }

    /// Starts a program and waits for the first line of its output. What it writes later goes nowhere; what it
    /// complains of, to a log file.
    pub(crate) fn start_and_read_line(
        &mut self,
        name: &'static str,
        command: &mut Command,
        log: &Path,
    ) -> Result<String> {
        let (_, err) = log_file(log)?;
        let child = self.spawn(name, command.stdout(Stdio::piped()).stderr(err), log)?;
        let output = child
            .stdout
            .take()
            .ok_or_else(|| Failure::new(format!("{name} has no output")))?;
        let mut reader = BufReader::new(output);
        let mut line = String::new();
        reader.read_line(&mut line).context(&format!("read what {name} says"))?;
        std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
        if line.is_empty() {
            return Err(Failure::new(format!("{name} ended at once; see {}", log.display())));
        }
        Ok(line)
    }

    /// The name and the log of a program that has ended by itself.
    pub(crate) fn ended(&mut self) -> Option<(&'static str, &Path)> {
        self.running.iter_mut().find_map(|Running { name, log, child }| {
            matches!(child.try_wait(), Ok(Some(_))).then_some((*name, log.as_path()))
        })
    }

    fn spawn(&mut self, name: &'static str, command: &mut Command, log: &Path) -> Result<&mut Child> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .context(&format!("start {name}"))?;
        self.running.push(Running {
            name,
            log: log.to_owned(),
            child,
        });
        let running = self.running.last_mut().ok_or_else(|| Failure::new("nothing runs"))?;
        Ok(&mut running.child)
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for Running { child, .. } in &self.running {
            signal(child, Signal::TERM);
        }
        let deadline = Instant::now() + GRACE;
        while self
            .running
            .iter_mut()
            .any(|Running { child, .. }| matches!(child.try_wait(), Ok(None)))
            && Instant::now() < deadline
        {
            std::thread::sleep(GLANCE);
        }
        for Running { child, .. } in &mut self.running {
            signal(child, Signal::KILL); // also what a program has left behind in its group
            let _ = child.wait();
        }
    }
}

fn signal(child: &Child, signal: Signal) {
    // A group that is gone is what is wanted.
    let _ = kill_process_group(Pid::from_child(child), signal);
}

fn log_file(log: &Path) -> Result<(File, File)> {
    let file = File::create(log).context(&format!("write {}", log.display()))?;
    let again = file.try_clone().context(&format!("write {}", log.display()))?;
    Ok((file, again))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_group_ends_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let mut children = Children::default();
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 600 & echo $!; wait"]);
        let grandchild = children
            .start_and_read_line("shell", &mut shell, &folder.path().join("log"))
            .unwrap();
        let alive = || {
            Command::new("sh")
                .args(["-c", &format!("ps -o stat= -p {} | grep -qv Z", grandchild.trim())])
                .status()
                .unwrap()
                .success()
        };
        assert!(alive());
        drop(children);
        assert!(!alive());
    }

    #[test]
    fn a_program_that_ends_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut children = Children::default();
        let log = folder.path().join("log");
        children.start("brief", &mut Command::new("true"), &log).unwrap();
        while children.ended().is_none() {
            std::thread::sleep(GLANCE);
        }
        assert_eq!(children.ended(), Some(("brief", log.as_path())));
    }
}
