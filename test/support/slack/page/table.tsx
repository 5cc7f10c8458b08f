import type { ReactNode } from 'react';
import { WithEmoji } from './emoji.js';

type Cell = { readonly type: string; readonly text?: string; readonly value?: number };
export type TableBlock = {
  readonly caption?: string;
  readonly rows?: readonly (readonly Cell[])[];
  readonly column_settings?: readonly ({ readonly align?: 'left' | 'center' | 'right'; readonly is_wrapped?: boolean } | null)[];
};

/**
 * `table` and `data_table`, whose first row is its head. slack-blocks-to-jsx knows only the first and reads raw text as
 * Markdown, so that a cell `#7` stays empty. Scrolls in itself when it is wide, as in Slack.
 */
export function Table({ block, richText }: { block: TableBlock; richText: (cell: Cell) => ReactNode }) {
  const [head = [], ...body] = block.rows ?? [];
  const cell = (of: Cell) =>
    of.type === 'rich_text' ? richText(of) : <WithEmoji text={of.text ?? (of.value === undefined ? '' : String(of.value))} />;
  const look = (column: number) => {
    const { align = 'left', is_wrapped: wrapped = false } = block.column_settings?.[column] ?? {};
    return { textAlign: align, whiteSpace: wrapped ? ('normal' as const) : ('nowrap' as const) };
  };
  return (
    <div className="table">
      <table>
        {block.caption && <caption>{block.caption}</caption>}
        <thead>
          <tr>
            {head.map((of, column) => (
              <th key={`${column}`} style={look(column)}>
                {cell(of)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, index) => (
            <tr key={`${index}`}>
              {row.map((of, column) => (
                <td key={`${column}`} style={look(column)}>
                  {cell(of)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
