namespace Loxi.Bgp.Policy;

/// <summary>One step of a policy: where the conditions hold, the actions are done.</summary>
/// <param name="Name">Its name in the policy, 1 to 128 printable characters.</param>
public sealed record BgpPolicyStatement(string Name)
{
    /// <summary>When it applies.</summary>
    /// <value>Default: always.</value>
    public BgpPolicyConditions Conditions { get; init; } = new();

    /// <summary>What it does.</summary>
    /// <value>Default: nothing.</value>
    public BgpPolicyActions Actions { get; init; } = new();
}
