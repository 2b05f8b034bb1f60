import { useSignal } from "@preact/signals";
import type { VNode } from "preact";

/** How long the button says that it has copied, milliseconds. */
const SAID_MS = 2000;

/** Puts a text into the clipboard. Over plain HTTP a browser has none for us, so the text is selected instead. */
export function CopyButton({
  text,
  words = "copy",
  otherwise = "not copied",
}: {
  readonly text: string;
  readonly words?: string;
  /** Said where there is neither a clipboard nor code beside the button. */
  readonly otherwise?: string;
}): VNode {
  const said = useSignal("");
  const copy = async (button: HTMLElement): Promise<void> => {
    said.value = (await toClipboard(text)) ? "copied" : selectBeside(button) ? "selected" : otherwise;
    setTimeout(() => {
      said.value = "";
    }, SAID_MS);
  };
  return (
    <button type="button" class="quiet copy" onClick={(event) => void copy(event.currentTarget)}>
      {said.value || words}
    </button>
  );
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    // Undefined in an insecure context, whatever its type says.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (clipboard === undefined) return false;
    await clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Selects the code beside the button, which the person can then copy by key. */
function selectBeside(button: HTMLElement): boolean {
  const code = button.parentElement?.querySelector("code");
  if (code === null || code === undefined) return false;
  getSelection()?.selectAllChildren(code);
  return true;
}
