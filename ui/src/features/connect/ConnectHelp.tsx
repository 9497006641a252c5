import { StepHelp } from "~/app/parts/StepHelp";

export function ConnectHelp() {
  return (
    <StepHelp
      title="Connect"
      terms={[
        ["Profile", "A named set of credentials and settings in the AWS config and credentials files of this computer."],
        ["Endpoint", "Where requests go. Leave it empty for AWS itself; a profile may name another."],
        ["Sandbox", "A small AWS of its own on this computer. Nothing in it is real and nothing costs money."],
        ["Scenario", "What happens to the sandbox's fleet when it is deployed to. The same seed gives the same fortunes."],
      ]}
      pages={["Configuration and credential file settings", "AWS IoT Greengrass V1 maintenance policy"]}
    >
      <p>
        Choose where the deployment goes: an AWS account through one of your profiles, or the built-in sandbox. Overseed asks STS
        who you are, and nothing else happens in this step.
      </p>
      <p>Credentials stay in the app&apos;s own process. They are never stored or logged.</p>
    </StepHelp>
  );
}
