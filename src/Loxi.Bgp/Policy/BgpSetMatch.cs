namespace Loxi.Bgp.Policy;

/// <summary>A condition on a defined set.</summary>
/// <param name="Set">Name of the set.</param>
/// <param name="Option">How its members decide.</param>
public sealed record BgpSetMatch(string Set, BgpMatchOption Option = BgpMatchOption.Any);
