import { Icon } from '../../../ui/icon.tsx'
import type { RibbonPhase } from './ribbon.ts'

/** What the platform has done, does, and will do. */
export function PhaseRibbon({ phases }: Readonly<{ phases: readonly RibbonPhase[] }>) {
  return (
    <ol className="ribbon" aria-label="Status of the run" tabIndex={0}>
      {phases.map(({ key, word, state, took, why }) => (
        <li
          key={key}
          className={`is-${state} as-${word.role}`}
          aria-current={state === 'now' ? 'step' : undefined}
          title={why}
        >
          {state === 'later' ? null : (
            <Icon
              name={state === 'done' ? 'check' : 'running'}
              className={state === 'now' ? word.role : ''}
            />
          )}
          {word.word}
          {took === '' ? null : <span className="u">{took}</span>}
        </li>
      ))}
    </ol>
  )
}
