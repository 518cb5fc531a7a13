import { compileEnvironment, compileRunbook, compileScenario, readCalendar } from '@firedrill/scenario-file'
import type { Compilers } from './use-cases.ts'

/** Files → definitions. A stored scenario may extend another stored one by its name. */
export const compilers: Compilers = {
  scenario: (text, parents) =>
    compileScenario(text, {
      resolve: (name) => {
        const parent = parents.get(name)
        return parent === undefined ? undefined : { file: name, text: parent }
      },
    }),
  environment: (text) => compileEnvironment(text),
  runbook: (text) => compileRunbook(text),
  calendar: (text, timeZone) => readCalendar(text, timeZone === undefined ? {} : { timeZone }),
}
