import { render } from 'preact'
import { loadComparison } from './compare/compared-stories.ts'
import { followLessons } from './learn/lessons-state.ts'
import { goLive } from './server/live.ts'
import { Shell } from './shell.tsx'
import { loadSelectedStory } from './story/selected-story.ts'
import { tickWindow } from './time/time-window.ts'
import { followTraces } from './traces/trace-search.ts'

const root = document.getElementById('page')
if (root === null) throw new Error('index.html has no element with the id "page"')
render(<Shell />, root)
goLive()
loadSelectedStory()
followTraces()
loadComparison()
setInterval(tickWindow, 1000)
followLessons()
