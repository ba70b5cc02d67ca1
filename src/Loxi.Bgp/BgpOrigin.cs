namespace Loxi.Bgp;

/// <summary>ORIGIN of a route (RFC 4271 5.1.1); the values of the wire.</summary>
public enum BgpOrigin : byte
{
    /// <summary>Interior to the AS that announced it first.</summary>
    Igp = 0,

    /// <summary>Learned by EGP.</summary>
    Egp = 1,

    /// <summary>Learned in another way.</summary>
    Incomplete = 2,
}
