//! A small Harness on the loopback interface: projects, pipelines, executions, approvals, faults and a clock one can turn.
