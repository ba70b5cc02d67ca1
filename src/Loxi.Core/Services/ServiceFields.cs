namespace Loxi.Core.Services;

/// <summary>The paths of a service's members in the REST API (<c>POST /netlox/v1/config/loadbalancer</c>), as problems name them.</summary>
public static class ServiceFields
{
    /// <summary>The virtual address.</summary>
    public const string Vip = "serviceArguments.externalIP";

    /// <summary>The source address of full NAT.</summary>
    public const string PrivateAddress = "serviceArguments.privateIP";

    /// <summary>The first port.</summary>
    public const string Port = "serviceArguments.port";

    /// <summary>The last port.</summary>
    public const string PortMax = "serviceArguments.portMax";

    /// <summary>The protocol.</summary>
    public const string Protocol = "serviceArguments.protocol";

    /// <summary>The selection policy.</summary>
    public const string Selection = "serviceArguments.sel";

    /// <summary>The NAT mode.</summary>
    public const string Mode = "serviceArguments.mode";

    /// <summary>The TLS setting.</summary>
    public const string Security = "serviceArguments.security";

    /// <summary>The traffic class.</summary>
    public const string Block = "serviceArguments.block";

    /// <summary>The inactivity timeout in seconds.</summary>
    public const string InactiveTimeout = "serviceArguments.inactiveTimeOut";

    /// <summary>The name.</summary>
    public const string Name = "serviceArguments.name";

    /// <summary>The host name of a proxied service.</summary>
    public const string Host = "serviceArguments.host";

    /// <summary>The operation of the request.</summary>
    public const string Operation = "serviceArguments.oper";

    /// <summary>The BGP setting.</summary>
    public const string Bgp = "serviceArguments.bgp";

    /// <summary>The PROXY protocol setting.</summary>
    public const string ProxyProtocolV2 = "serviceArguments.proxyprotocolv2";

    /// <summary>The name of the source pool.</summary>
    public const string SourcePool = "serviceArguments.sourcePool";

    /// <summary>The VIP group.</summary>
    public const string VipGroup = "serviceArguments.vipGroup";

    /// <summary>How direct server return reaches endpoints.</summary>
    public const string Tunnel = "serviceArguments.tunnel";

    /// <summary>The setting that lowers the maximum segment size.</summary>
    public const string ClampMss = "serviceArguments.clampMss";

    /// <summary>The time of slow start in seconds.</summary>
    public const string SlowStart = "serviceArguments.slowStart";

    /// <summary>How long a client keeps its endpoint, in seconds.</summary>
    public const string PersistTimeout = "serviceArguments.persistTimeOut";

    /// <summary>The egress setting.</summary>
    public const string Egress = "serviceArguments.egress";

    /// <summary>The kind of probe.</summary>
    public const string ProbeType = "serviceArguments.probetype";

    /// <summary>The probed port.</summary>
    public const string ProbePort = "serviceArguments.probeport";

    /// <summary>What a probe asks.</summary>
    public const string ProbeRequest = "serviceArguments.probereq";

    /// <summary>What a probe's answer must contain.</summary>
    public const string ProbeResponse = "serviceArguments.proberesp";

    /// <summary>The time between probes in seconds.</summary>
    public const string ProbeTimeout = "serviceArguments.probeTimeout";

    /// <summary>The number of failures that take an endpoint down.</summary>
    public const string ProbeRetries = "serviceArguments.probeRetries";

    /// <summary>The list of endpoints.</summary>
    public const string Endpoints = "endpoints";

    /// <summary>The list of secondary addresses.</summary>
    public const string SecondaryAddresses = "secondaryIPs";

    /// <summary>The list of allowed sources.</summary>
    public const string AllowedSources = "allowedSources";

    /// <summary>One secondary address.</summary>
    /// <param name="index">Its position, from 0.</param>
    /// <returns>The path.</returns>
    public static string SecondaryAddress(int index) => $"secondaryIPs[{index}].secondaryIP";

    /// <summary>One allowed source.</summary>
    /// <param name="index">Its position, from 0.</param>
    /// <returns>The path.</returns>
    public static string AllowedSource(int index) => $"allowedSources[{index}].prefix";

    /// <summary>An endpoint's address.</summary>
    /// <param name="index">The endpoint's position, from 0.</param>
    /// <returns>The path.</returns>
    public static string EndpointAddress(int index) => $"endpoints[{index}].endpointIP";

    /// <summary>An endpoint's port.</summary>
    /// <param name="index">The endpoint's position, from 0.</param>
    /// <returns>The path.</returns>
    public static string EndpointPort(int index) => $"endpoints[{index}].targetPort";

    /// <summary>An endpoint's weight.</summary>
    /// <param name="index">The endpoint's position, from 0.</param>
    /// <returns>The path.</returns>
    public static string EndpointWeight(int index) => $"endpoints[{index}].weight";

    /// <summary>An endpoint's state.</summary>
    /// <param name="index">The endpoint's position, from 0.</param>
    /// <returns>The path.</returns>
    public static string EndpointState(int index) => $"endpoints[{index}].state";

    /// <summary>An endpoint as a whole.</summary>
    /// <param name="index">The endpoint's position, from 0.</param>
    /// <returns>The path.</returns>
    public static string Endpoint(int index) => $"endpoints[{index}]";
}
