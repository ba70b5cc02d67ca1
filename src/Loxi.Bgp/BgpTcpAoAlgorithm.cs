namespace Loxi.Bgp;

/// <summary>How TCP-AO signs segments (RFC 5926).</summary>
public enum BgpTcpAoAlgorithm : byte
{
    /// <summary>HMAC-SHA-1-96.</summary>
    HmacSha1,

    /// <summary>AES-128-CMAC-96.</summary>
    AesCmac128,
}
