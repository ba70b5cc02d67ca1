namespace Loxi.Bgp.Wire;

/// <summary>One family of the ADD-PATH capability (RFC 7911 4).</summary>
internal readonly record struct AddPathCapability(BgpFamily Family, bool CanReceive, bool CanSend);
