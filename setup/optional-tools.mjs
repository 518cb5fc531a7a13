import { OPTIONAL_TOOLS, findTool, installCommand } from '@firedrill/local'
import { Problem } from './problem.mjs'

/**
 * Looks for the programs that only some tests need and says which are absent and how to get them.
 *
 * @returns {string[]} the names of those that are here
 * @throws {Problem} when FIREDRILL_REQUIRE names one that is absent
 */
export function announceTools() {
  const required = requiredTools()
  const have = OPTIONAL_TOOLS.filter((tool) => findTool(tool) !== null)
  const absent = OPTIONAL_TOOLS.filter((tool) => !have.includes(tool))
  const missing = absent.filter((tool) => required.includes(tool))
  if (missing.length > 0) {
    throw new Problem(
      `FIREDRILL_REQUIRE asks for ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not here.`,
      `Install: ${missing.map(installCommand).join('; ')}`,
    )
  }
  for (const tool of absent) {
    process.stdout.write(`- tests with ${tool} are skipped; to run them: ${installCommand(tool)}\n`)
  }
  return have
}

function requiredTools() {
  const names = (process.env['FIREDRILL_REQUIRE'] ?? '').split(',').map((name) => name.trim())
  const given = names.filter((name) => name !== '')
  const unknown = given.filter((name) => !OPTIONAL_TOOLS.some((tool) => tool === name))
  if (unknown.length > 0) {
    throw new Problem(
      `FIREDRILL_REQUIRE names ${unknown.join(', ')}, which no test knows.`,
      `It is a comma-separated list of: ${OPTIONAL_TOOLS.join(', ')}.`,
    )
  }
  return given
}
