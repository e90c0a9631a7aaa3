import { useSignal } from '@preact/signals';
import { ruleText } from '../../../../protocol/colony/rule-text.ts';
import {
  DEFAULT_RULES,
  RULE_BOUNDS,
  RULE_NAMES,
  type Rules,
} from '../../../../world/spec/rules.ts';
import { boundsText, type Problems, ruleTitle, wholeNumber } from '../../text/form-text.ts';
import { NumberField } from '../../ui/field.tsx';
import { RULE_GROUPS } from './rule-groups.ts';
import { changeWorld } from './start.ts';
import { ruleTexts, type WorldForm } from './world-form.ts';

interface RuleFieldsProps {
  form: WorldForm;
  problems: Problems;
}

/** All rules, each in words as it is set. Out of the way until somebody wants to change them. */
export function RuleFields({ form, problems }: RuleFieldsProps) {
  const wasOpened = useSignal(false);
  const changed = RULE_NAMES.filter((rule) => form.rules[rule] !== String(DEFAULT_RULES[rule]));
  const isWrong = RULE_NAMES.some((rule) => problems[`rules.${rule}`] !== undefined);
  return (
    <details
      class="rules"
      open={wasOpened.value || isWrong}
      onToggle={({ currentTarget }) => {
        wasOpened.value = currentTarget.open;
      }}
    >
      <summary>
        Rules <small>{changedText(changed.length)}</small>
      </summary>
      {changed.length > 0 && (
        <button
          type="button"
          onClick={() =>
            changeWorld({
              rules: ruleTexts(DEFAULT_RULES),
            })
          }
        >
          All as by default
        </button>
      )}
      {RULE_GROUPS.map(({ title, rules }) => (
        <fieldset key={title} class="fields">
          <legend>{title}</legend>
          {rules.map((rule) => (
            <RuleField key={rule} rule={rule} form={form} problem={problems[`rules.${rule}`]} />
          ))}
        </fieldset>
      ))}
    </details>
  );
}

const changedText = (count: number) => (count === 0 ? 'as by default' : `${count} changed`);

interface RuleFieldProps {
  rule: keyof Rules;
  form: WorldForm;
  problem: string | undefined;
}

function RuleField({ rule, form, problem }: RuleFieldProps) {
  const value = wholeNumber(form.rules[rule], RULE_BOUNDS[rule]);
  const isDefault = value === DEFAULT_RULES[rule];
  const said = value === undefined ? '' : sentence(ruleText(rule, value));
  const usual = isDefault ? '' : ` By default ${DEFAULT_RULES[rule].toLocaleString('en')}.`;
  return (
    <NumberField
      id={`rule-${rule}`}
      label={`${ruleTitle(rule)} (${boundsText(RULE_BOUNDS[rule])})`}
      hint={`${said}${usual}`}
      bounds={RULE_BOUNDS[rule]}
      value={form.rules[rule]}
      problem={problem}
      onInput={(text) => changeWorld({ rules: { ...form.rules, [rule]: text } })}
    />
  );
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
