import { DrillView } from './drill-view.tsx'
import { ExerciseView } from './exercise-view.tsx'
import { DrillList, ExerciseList } from './practice-lists.tsx'
import { ProgressView } from './progress-view.tsx'

/** The pages of exercises, drills and progress: `exercises`, `exercise/3.1`, `drills`, `drill/2`, `progress`. */
export function PracticeView({ page }: { readonly page: string }) {
  const [what, which] = page.split('/')
  if (what === 'exercise' && which !== undefined) return <ExerciseView key={which} number={which} />
  if (what === 'drill' && which !== undefined) return <DrillView key={which} id={which} />
  if (what === 'drills' || what === 'drill') return <DrillList />
  if (what === 'progress') return <ProgressView />
  return <ExerciseList />
}
