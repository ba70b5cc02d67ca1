namespace Loxi.Core.Services;

/// <summary>TLS of a proxied service; the numbers are those of <c>security</c> in the REST API.</summary>
public enum ServiceSecurity : byte
{
    /// <summary>No TLS at the node. The default.</summary>
    None = 0,

    /// <summary>TLS ends at the node.</summary>
    Https = 1,

    /// <summary>TLS to the node and TLS from the node to the endpoint.</summary>
    EndToEndHttps = 2,
}
