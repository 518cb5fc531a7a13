import { build, staleBuilds } from './build.mjs'
import { install, isInstalled } from './install.mjs'
import { withLock } from './lock.mjs'
import { members } from './workspace.mjs'

/**
 * Installs and builds what is missing or out of date, and nothing else: when all is in place this takes a few
 * hundredths of a second and prints nothing.
 */
export async function prepare() {
  const workspace = members()
  if (isInstalled(workspace) && staleBuilds(workspace).length === 0) return
  await withLock(async () => {
    // Somebody else may have done it while this process waited.
    if (!isInstalled(workspace)) await install(workspace)
    await build(staleBuilds(workspace))
  })
}
