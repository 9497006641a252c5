import { StepHelp } from "~/app/parts/StepHelp";

export function ConnectHelp() {
  return (
    <StepHelp
      title="Connect"
      terms={[
        ["Profile", "A named set of credentials and settings in the AWS config and credentials files of this computer."],
        ["Endpoint", "Where requests go. Leave it empty for AWS itself; a profile may name another."],
        ["Sandbox", "A small AWS of its own on this computer. Nothing in it is real and nothing costs money."],
        ["Core devices (V2)", "IoT things that run AWS IoT Greengrass V2. A deployment gives them component versions and configuration."],
        ["Groups (V1)", "The groups of AWS IoT Greengrass V1, which a bulk deployment brings to their cores."],
        ["Scenario", "What happens to the sandbox's fleet when it is deployed to. The same seed gives the same fortunes."],
      ]}
      pages={[
        "Configuration and credential file settings",
        "How AWS IoT Greengrass works",
        "AWS IoT Greengrass V1 maintenance policy",
      ]}
    >
      <p>
        Choose where the deployment goes: an AWS account through one of your profiles, or the built-in sandbox. Overseed asks STS
        who you are, and nothing else happens in this step.
      </p>
      <p>
        Then choose what to deploy to. The steps that follow differ, and each choice has a draft of its own, so changing it loses
        nothing.
      </p>
      <p>Credentials stay in the app&apos;s own process. They are never stored or logged.</p>
    </StepHelp>
  );
}
