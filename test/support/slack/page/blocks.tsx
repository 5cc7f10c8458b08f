import type { ActionsBlock, ContextBlock, HeaderBlock, ImageBlock, InputBlock, SectionBlock } from '@slack/types';
import { Component, type ReactNode } from 'react';
import { type Block as LibraryBlock, Message as LibraryMessage } from 'slack-blocks-to-jsx';
import type { PageMessage } from './contract.js';
import { Element, Unknown } from './elements.js';
import { blockIdOf, Input } from './inputs.js';
import { Picture } from './picture.js';
import { Table, type TableBlock } from './table.js';
import { Text } from './text.js';
import { useWorld } from './world.js';

/** Shown by slack-blocks-to-jsx: nothing in them is to be pressed, and they hold no text that it would misread. */
const BY_LIBRARY = [
  ...['rich_text', 'markdown', 'data_visualization', 'card', 'carousel', 'container'],
  ...['plan', 'task_card', 'video', 'file', 'alert'],
];

type Block = PageMessage['blocks'][number];

export function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <div className="blocks">
      {blocks.map((block, index) => {
        const id = blockIdOf(block, index);
        return (
          <Boundary key={id} type={String(block.type)}>
            <One block={block} blockId={id} />
          </Boundary>
        );
      })}
    </div>
  );
}

function One({ block, blockId }: { block: Block; blockId: string }): ReactNode {
  switch (block.type) {
    case 'section':
      return <Section block={block as unknown as SectionBlock} blockId={blockId} />;
    case 'actions':
      return <Actions block={block as unknown as ActionsBlock} blockId={blockId} />;
    case 'context':
      return <Context block={block as unknown as ContextBlock} />;
    case 'header':
      return (
        <h3 className="header">
          <Text of={(block as unknown as HeaderBlock).text} />
        </h3>
      );
    case 'image':
      return <Image block={block as unknown as ImageBlock} />;
    case 'input':
      return <Input block={block as unknown as InputBlock} blockId={blockId} />;
    case 'divider':
      return <hr />;
    case 'table':
    case 'data_table':
      return <Table block={block as TableBlock} richText={(cell) => <ByLibrary block={cell} />} />;
    default:
      return BY_LIBRARY.includes(String(block.type)) ? <ByLibrary block={block} /> : <Unknown what={`block “${block.type}”`} />;
  }
}

function Section({ block, blockId }: { block: SectionBlock; blockId: string }) {
  return (
    <div className="section">
      <div className="words">
        {block.text && (
          <div className="text">
            <Text of={block.text} />
          </div>
        )}
        {block.fields && (
          <div className="fields">
            {block.fields.map((field, index) => (
              <div className="text" key={`${index}`}>
                <Text of={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && <Element blockId={blockId} element={block.accessory} />}
    </div>
  );
}

function Actions({ block, blockId }: { block: ActionsBlock; blockId: string }) {
  return (
    <div className="actions">
      {block.elements.map((element, index) => (
        <Element key={('action_id' in element && element.action_id) || `${index}`} blockId={blockId} element={element} />
      ))}
    </div>
  );
}

function Context({ block }: { block: ContextBlock }) {
  return (
    <div className="context">
      {block.elements.map((element, index) =>
        element.type === 'image' ? (
          <Picture key={`${index}`} of={element} className="icon" />
        ) : (
          <span key={`${index}`} className="text">
            <Text of={element} />
          </span>
        ),
      )}
    </div>
  );
}

function Image({ block }: { block: ImageBlock }) {
  return (
    <figure>
      {block.title && (
        <figcaption>
          <Text of={block.title} />
        </figcaption>
      )}
      <Picture of={block} className="picture" />
    </figure>
  );
}

function ByLibrary({ block }: { block: Block }) {
  const { users, channels } = useWorld().state;
  const data = { users: users.map(({ id, name }) => ({ id, name })), channels: channels.map(({ id, name }) => ({ id, name })) };
  return <LibraryMessage blocks={[block as unknown as LibraryBlock]} name="" logo="" theme="light" withoutWrapper data={data} />;
}

/** A block that the page fails on is said in its place; the rest of the page goes on. */
class Boundary extends Component<{ type: string; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? <Unknown what={`block “${this.props.type}”`} /> : this.props.children;
  }
}
