//! The shell: settings, HTTP, pages, jobs, telemetry, the path, and main.
