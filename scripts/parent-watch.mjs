const POLL_MS = 250

/**
 * Ends this process in order when the one that started it is gone. npm runs a script through a shell, and a shell that is killed
 * does not tell its child: without this, `kill` of npm would leave the server running, unseen.
 */
export function endWithParent() {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, POLL_MS)
  timer.unref()
}
