const OLDEST = 20

/**
 * Ends the process with advice when Node is too old or the platform is not served. It may use no syntax that Node 14
 * does not know.
 */
export function requireNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < OLDEST) {
    end(
      `Firedrill needs Node ${OLDEST} or later to set itself up, and this is Node ${process.versions.node}.`,
      'Install a current Node (https://nodejs.org, or: nvm install 22) and run the command again.',
    )
  }
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    end(
      `Firedrill runs on Linux and macOS, and this is ${process.platform}.`,
      'On Windows, run it inside WSL 2.',
    )
  }
}

/**
 * @param {string} problem
 * @param {string} advice
 */
function end(problem, advice) {
  process.stderr.write(`\n  ${problem}\n  ${advice}\n\n`)
  process.exit(1)
}
