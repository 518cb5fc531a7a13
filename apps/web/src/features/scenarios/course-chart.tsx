import { duration, limit } from '../../format/duration.ts'
import type { Course } from './course.ts'

/** What would happen and how long each part may take. */
export function CourseChart({ course }: Readonly<{ course: Course }>) {
  const at = (ms: number) => `${(ms / course.total) * 100}%`
  return (
    <section className="sheet" aria-labelledby="h-course">
      <header>
        <h2 id="h-course">What would happen</h2>
        <span className="end">{duration(course.total * 1000, 0)} of world time at most</span>
      </header>
      <ol className="course">
        {course.bars.map(({ key, look, from, to, text }) => (
          <li key={key}>
            <span className={`course-bar is-${look}`} style={{ left: at(from), width: at(to - from) }} />
            <span
              className="course-text"
              style={
                from / course.total > 0.55
                  ? { right: `${100 - (from / course.total) * 100}%` }
                  : { left: at(to) }
              }
            >
              {text} <span className="u">{limit((to - from) * 1000)}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
