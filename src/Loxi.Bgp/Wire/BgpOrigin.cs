namespace Loxi.Bgp.Wire;

/// <summary>ORIGIN (RFC 4271 4.3), the better the lower.</summary>
internal enum BgpOrigin : byte
{
    Igp = 0,
    Egp = 1,
    Incomplete = 2,
}
