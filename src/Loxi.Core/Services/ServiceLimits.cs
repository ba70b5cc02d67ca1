namespace Loxi.Core.Services;

/// <summary>The sizes that a model may have.</summary>
public static class ServiceLimits
{
    /// <summary>Most services in one model.</summary>
    public const int Services = 65_536;

    /// <summary>Most endpoints of one service.</summary>
    public const int EndpointsPerService = 4_096;

    /// <summary>Greatest weight of an endpoint.</summary>
    public const int Weight = 65_535;

    /// <summary>Most source pools.</summary>
    public const int SourcePools = 1_024;

    /// <summary>Most addresses of one source pool.</summary>
    public const int AddressesPerPool = 1_024;

    /// <summary>Longest slow start, in seconds.</summary>
    public const int SlowStartSeconds = 3_600;

    /// <summary>Longest name of a service, in UTF-16 units.</summary>
    public const int NameLength = 255;

    /// <summary>Longest host name (RFC 1035 2.3.4).</summary>
    public const int HostLength = 253;

    /// <summary>Longest probe request and response text.</summary>
    public const int ProbeTextLength = 1_024;

    /// <summary>Greatest time between two probes, in seconds.</summary>
    public const int ProbeTimeoutSeconds = 86_400;

    /// <summary>Greatest number of probe retries.</summary>
    public const int ProbeRetries = 1_000;
}
