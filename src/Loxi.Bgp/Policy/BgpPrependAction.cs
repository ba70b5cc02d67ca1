namespace Loxi.Bgp.Policy;

/// <summary>Prepends an AS to AS_PATH. On export to iBGP peers it is not done: they would see a loop.</summary>
/// <param name="As">The AS, 1 to 4,294,967,295; null for the leftmost of the path, and our own where the path is empty (<c>last-as</c>).</param>
/// <param name="Count">How often, 1 to 10.</param>
public sealed record BgpPrependAction(uint? As, int Count);
