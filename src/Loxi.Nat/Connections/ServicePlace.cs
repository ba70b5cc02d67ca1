namespace Loxi.Nat.Connections;

/// <summary>Where a connection belongs in the tables.</summary>
/// <param name="Endpoint">Index of its endpoint.</param>
/// <param name="VipGroup">Number of the group of its service.</param>
/// <param name="ChoosesTunnel">Whether the service leaves it to the route whether direct server return needs a tunnel.</param>
internal readonly record struct ServicePlace(uint Endpoint, byte VipGroup, bool ChoosesTunnel);
