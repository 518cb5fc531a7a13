import { OPTIONAL_TOOLS, findTool, installCommand } from '@firedrill/local'
import { Problem } from './problem.mjs'

/**
 * Looks for the programs that only some tests need.
 *
 * @returns {{ have: string[], skipped: string[] }} the names of those that are here, and for each that is not a line
 *   that says how to get it
 * @throws {Problem} when FIREDRILL_REQUIRE names one that is absent
 */
export function findTools() {
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
  const skipped = absent.map(
    (tool) => `- tests with ${tool} were skipped; to run them: ${installCommand(tool)}`,
  )
  return { have, skipped }
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
