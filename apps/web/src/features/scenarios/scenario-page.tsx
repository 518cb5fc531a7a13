import type { ScenarioDetail } from '@firedrill/contracts'
import { Link, useParams } from '@tanstack/react-router'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { useTitle } from '../../app/use-title.ts'
import { limit } from '../../format/duration.ts'
import { shortMoment } from '../../format/time.ts'
import { Loading } from '../../ui/loading.tsx'
import { ProblemPage } from '../../ui/problem.tsx'
import { CourseChart } from './course-chart.tsx'
import { courseOf } from './course.ts'
import { PlanAndStart } from './plan/plan-and-start.tsx'
import { useScenario } from './queries.ts'
import { YamlSource } from './yaml-source.tsx'

/** One scenario: what it claims, what it would do, its text, and the way to plan and start it. */
export function ScenarioPage() {
  const { name } = useParams({ from: '/scenarios/$name' })
  const scenario = useScenario(name)
  if (scenario.data === undefined) {
    return scenario.error === null ? (
      <Loading what="the scenario" />
    ) : (
      <ProblemPage error={scenario.error} onRetry={() => void scenario.refetch()} />
    )
  }
  return <Shown key={name} scenario={scenario.data} />
}

function Shown({ scenario }: Readonly<{ scenario: ScenarioDetail }>) {
  const zone = useChoice(zoneChoice)
  useTitle(scenario.title)
  return (
    <article className="scenario">
      <p className="back">
        <Link to="/scenarios">All scenarios</Link>
      </p>
      <h1 tabIndex={-1}>{scenario.title}</h1>
      <p className="small muted">
        <span className="mono">{scenario.name}</span>, version {scenario.version} of{' '}
        {shortMoment(scenario.at, zone)} by {scenario.actor.name} ·{' '}
        <span className="mono">{scenario.hash.slice(0, 12)}</span>
      </p>
      <p className="prose">{scenario.hypothesis}</p>
      {scenario.compiled.description === '' ? null : (
        <p className="prose soft">{scenario.compiled.description}</p>
      )}
      <dl className="facts">
        <div>
          <dt>Faults</dt>
          <dd className="mono">{scenario.faults.join(', ')}</dd>
        </div>
        <div>
          <dt>Response</dt>
          <dd>{RESPONSE_WORDS[scenario.response]}</dd>
        </div>
        {scenario.objectives.map(({ name, maxMicros }) => (
          <div key={name}>
            <dt>Objective {name}</dt>
            <dd>≤ {limit(maxMicros)}</dd>
          </div>
        ))}
        <div>
          <dt>Blast radius</dt>
          <dd>
            at most {scenario.compiled.blastRadius.targetsMax} targets,{' '}
            {scenario.compiled.blastRadius.percentMax} %
          </dd>
        </div>
      </dl>
      <PlanAndStart scenario={scenario} />
      <CourseChart course={courseOf(scenario.compiled)} />
      <YamlSource source={scenario.source} />
    </article>
  )
}

const RESPONSE_WORDS: Readonly<Record<ScenarioDetail['response'], string>> = {
  automatic: 'automatic: the system moves by itself',
  runbook: 'runbook: people act',
  evacuation: 'evacuation: the platform moves traffic',
  restore: 'restore: putting it back is the response',
}
