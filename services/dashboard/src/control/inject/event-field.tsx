import { ruleChangeText } from '../../../../protocol/colony/rule-text.ts';
import {
  conditionsAfter,
  type EventKind,
  firstConditions,
} from '../../../../world/events/events.ts';
import { RULE_NAMES, type Rules } from '../../../../world/spec/rules.ts';
import { colony } from '../../state/colony.ts';
import { boundsText, ruleTitle } from '../../text/form-text.ts';
import { integer } from '../../text/format.ts';
import { Field, NumberField, SelectField } from '../../ui/field.tsx';
import { type EventField, eventBounds } from './event-form.ts';
import { changeEvent, eventFields, fieldProblems } from './inject.ts';

/** What a field is called; `amount` of food that falls has another name, see `labelOf`. */
const LABELS: Readonly<Record<EventField, string>> = {
  x: 'Centre x',
  y: 'Centre y',
  radiusX: 'Radius along x',
  radiusY: 'Radius along y',
  size: 'Size',
  canKill: 'Can kill',
  canMove: 'Can move',
  colour: 'Colour',
  amount: 'Change of what grows',
  rule: 'Rule',
  percent: 'Change in percent',
  draw: 'Which tiles, as a seed',
  tick: 'At tick',
};

const labelOf = (kind: EventKind, field: EventField): string =>
  kind === 'foodDrop' && field === 'amount' ? 'Food on each cell' : LABELS[field];

interface EventFieldInputProps {
  kind: EventKind;
  field: EventField;
  world: { width: number; height: number };
  problem: string | undefined;
}

/** One field of an event; all of them may be left to chance. */
export function EventFieldInput({ kind, field, world, problem }: EventFieldInputProps) {
  const value = eventFields.value[field];
  const id = `event-${field}`;
  const shared = { id, label: labelOf(kind, field), value, problem };
  const change = (text: string) => changeEvent(field, text);
  switch (field) {
    case 'canKill':
    case 'canMove':
      return (
        <SelectField
          {...shared}
          onChange={change}
          options={[
            ['', 'random'],
            ['yes', 'yes'],
            ['no', 'no'],
          ]}
        />
      );
    case 'rule':
      return (
        <SelectField
          {...shared}
          hint={changeText()}
          onChange={change}
          options={[['', 'random'], ...RULE_NAMES.map((rule) => [rule, ruleTitle(rule)] as const)]}
        />
      );
    case 'colour':
      return <ColourField {...shared} onChange={change} />;
    default: {
      const bounds = eventBounds(kind, field, world);
      return (
        <NumberField
          {...shared}
          label={`${shared.label} (${boundsText(bounds)})`}
          hint={kind === 'foodDrop' && field === 'amount' ? roomText() : undefined}
          placeholder="random"
          bounds={bounds}
          onInput={change}
        />
      );
    }
  }
}

/** How much food a cell of the world can hold as it is now. */
function roomText(): string | undefined {
  const maxFood = colony.value?.rules?.maxFood;
  return maxFood === undefined ? undefined : `Now a cell holds at most ${integer(maxFood)}.`;
}

/** What a change of a rule would do to the world as it is now. */
function changeText(): string | undefined {
  const { rule, percent } = eventFields.value;
  const rules = colony.value?.rules ?? undefined;
  const isWrong = fieldProblems.value['percent'] !== undefined;
  if (rules === undefined || rule === '' || percent === '' || isWrong) return undefined;
  const name = rule as keyof Rules;
  const event = { kind: 'ruleChange', rule: name, percent: Number(percent) } as const;
  const after = conditionsAfter(firstConditions(rules), event).rules[name];
  return `Now that would be: ${ruleChangeText(name, rules[name], after)}.`;
}

interface ColourFieldProps {
  id: string;
  label: string;
  value: string;
  onChange(value: string): void;
}

function ColourField({ id, label, value, onChange }: ColourFieldProps) {
  return (
    <Field id={id} label={label}>
      <span class="joined">
        <select
          id={id}
          value={value === '' ? '' : 'chosen'}
          onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? '' : '#3fa7d6')}
        >
          <option value="">random</option>
          <option value="chosen">chosen</option>
        </select>
        {value !== '' && (
          <input
            type="color"
            aria-label="The colour"
            value={value}
            onInput={({ currentTarget }) => onChange(currentTarget.value)}
          />
        )}
      </span>
    </Field>
  );
}
