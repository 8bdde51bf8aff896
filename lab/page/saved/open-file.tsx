import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { fileProblem, openFile } from './saved-stories.ts'

/** Opens a saved story with a file chooser. */
export function OpenFile() {
  return (
    <label class="open-file">
      <input
        type="file"
        accept=".json,application/json"
        onChange={(event) => {
          const input = event.currentTarget
          const file = input.files?.[0]
          input.value = '' // so that the same file can be chosen again
          if (file) void openFile(file)
        }}
      />
      Open a saved request
    </label>
  )
}

/** Opens a file that is dropped anywhere on the page. */
export function DroppedFile() {
  const isOver = useSignal(false)
  useEffect(() => {
    const holdsFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    const onOver = (event: DragEvent) => {
      if (!holdsFile(event)) return
      event.preventDefault()
      isOver.value = true
    }
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) isOver.value = false
    }
    const onDrop = (event: DragEvent) => {
      if (!holdsFile(event)) return
      event.preventDefault()
      isOver.value = false
      const file = event.dataTransfer?.files[0]
      if (file) void openFile(file)
    }
    addEventListener('dragover', onOver)
    addEventListener('dragleave', onLeave)
    addEventListener('drop', onDrop)
    return () => {
      removeEventListener('dragover', onOver)
      removeEventListener('dragleave', onLeave)
      removeEventListener('drop', onDrop)
    }
  }, [])
  return (
    <>
      {isOver.value && <p class="notice">Drop a saved request to open it.</p>}
      {fileProblem.value !== null && (
        <p class="notice problem" role="alert">
          {fileProblem.value}{' '}
          <button
            type="button"
            onClick={() => {
              fileProblem.value = null
            }}
          >
            OK
          </button>
        </p>
      )}
    </>
  )
}
