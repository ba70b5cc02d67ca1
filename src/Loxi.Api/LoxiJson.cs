using System.Text.Json.Serialization.Metadata;
using Loxi.Api.V1;
using Loxi.Api.Wire;

namespace Loxi.Api;

/// <summary>How the types of the REST contract are read and written: type information for <see cref="System.Text.Json.JsonSerializer"/>, free of reflection.</summary>
public static class LoxiJson
{
    /// <summary>The media type of every JSON answer. Clients compare it as text: no parameters.</summary>
    public const string MediaType = "application/json";

    /// <summary>Largest body of a request that a node reads, in bytes: 8 MiB.</summary>
    public const int LargestBody = 8 * 1024 * 1024;

    /// <summary>Reads and writes <see cref="LoadbalanceEntry"/>.</summary>
    public static JsonTypeInfo<LoadbalanceEntry> LoadbalanceEntry => LoxiJsonContext.Default.LoadbalanceEntry;

    /// <summary>Reads and writes <see cref="LoadbalanceList"/>.</summary>
    public static JsonTypeInfo<LoadbalanceList> LoadbalanceList => LoxiJsonContext.Default.LoadbalanceList;

    /// <summary>Reads and writes <see cref="ConntrackEntry"/>.</summary>
    public static JsonTypeInfo<ConntrackEntry> ConntrackEntry => LoxiJsonContext.Default.ConntrackEntry;

    /// <summary>Reads and writes <see cref="ConntrackList"/>.</summary>
    public static JsonTypeInfo<ConntrackList> ConntrackList => LoxiJsonContext.Default.ConntrackList;

    /// <summary>Reads and writes <see cref="EndpointList"/>.</summary>
    public static JsonTypeInfo<EndpointList> EndpointList => LoxiJsonContext.Default.EndpointList;

    /// <summary>Reads and writes <see cref="EndpointArguments"/>.</summary>
    public static JsonTypeInfo<EndpointArguments> EndpointArguments => LoxiJsonContext.Default.EndpointArguments;

    /// <summary>Reads and writes <see cref="EndpointHostState"/>.</summary>
    public static JsonTypeInfo<EndpointHostState> EndpointHostState => LoxiJsonContext.Default.EndpointHostState;

    /// <summary>Reads and writes <see cref="BfdArguments"/>.</summary>
    public static JsonTypeInfo<BfdArguments> BfdArguments => LoxiJsonContext.Default.BfdArguments;

    /// <summary>Reads and writes <see cref="BfdList"/>.</summary>
    public static JsonTypeInfo<BfdList> BfdList => LoxiJsonContext.Default.BfdList;

    /// <summary>Reads and writes <see cref="Wire.BgpGlobalArguments"/>.</summary>
    public static JsonTypeInfo<Wire.BgpGlobalArguments> BgpGlobalArguments => LoxiJsonContext.Default.BgpGlobalArguments;

    /// <summary>Reads and writes <see cref="Wire.BgpNeighborArguments"/>.</summary>
    public static JsonTypeInfo<Wire.BgpNeighborArguments> BgpNeighborArguments => LoxiJsonContext.Default.BgpNeighborArguments;

    /// <summary>Reads and writes <see cref="Wire.BgpNeighborList"/>.</summary>
    public static JsonTypeInfo<Wire.BgpNeighborList> BgpNeighborList => LoxiJsonContext.Default.BgpNeighborList;

    /// <summary>Reads and writes <see cref="Wire.BgpDynamicNeighborArguments"/>.</summary>
    public static JsonTypeInfo<Wire.BgpDynamicNeighborArguments> BgpDynamicNeighborArguments => LoxiJsonContext.Default.BgpDynamicNeighborArguments;

    /// <summary>Reads and writes <see cref="Wire.BgpDynamicNeighborList"/>.</summary>
    public static JsonTypeInfo<Wire.BgpDynamicNeighborList> BgpDynamicNeighborList => LoxiJsonContext.Default.BgpDynamicNeighborList;

    /// <summary>Reads and writes <see cref="Wire.BgpDefinedSet"/>.</summary>
    public static JsonTypeInfo<Wire.BgpDefinedSet> BgpDefinedSet => LoxiJsonContext.Default.BgpDefinedSet;

    /// <summary>Reads and writes <see cref="Wire.BgpDefinedSetList"/>.</summary>
    public static JsonTypeInfo<Wire.BgpDefinedSetList> BgpDefinedSetList => LoxiJsonContext.Default.BgpDefinedSetList;

    /// <summary>Reads and writes <see cref="Wire.BgpPolicyDefinition"/>.</summary>
    public static JsonTypeInfo<Wire.BgpPolicyDefinition> BgpPolicyDefinition => LoxiJsonContext.Default.BgpPolicyDefinition;

    /// <summary>Reads and writes <see cref="Wire.BgpPolicyList"/>.</summary>
    public static JsonTypeInfo<Wire.BgpPolicyList> BgpPolicyList => LoxiJsonContext.Default.BgpPolicyList;

    /// <summary>Reads and writes <see cref="Wire.BgpPolicyApplication"/>.</summary>
    public static JsonTypeInfo<Wire.BgpPolicyApplication> BgpPolicyApplication => LoxiJsonContext.Default.BgpPolicyApplication;

    /// <summary>Reads and writes <see cref="Wire.ClusterState"/>.</summary>
    public static JsonTypeInfo<Wire.ClusterState> ClusterState => LoxiJsonContext.Default.ClusterState;

    /// <summary>Reads and writes <see cref="V1.BgpPeer"/>.</summary>
    public static JsonTypeInfo<V1.BgpPeer> BgpPeer => LoxiJsonContext.Default.BgpPeer;

    /// <summary>Reads and writes <see cref="V1.BgpPeerList"/>.</summary>
    public static JsonTypeInfo<V1.BgpPeerList> BgpPeerList => LoxiJsonContext.Default.BgpPeerList;

    /// <summary>Reads and writes <see cref="V1.BgpRouteList"/>.</summary>
    public static JsonTypeInfo<V1.BgpRouteList> BgpRouteList => LoxiJsonContext.Default.BgpRouteList;

    /// <summary>Reads and writes <see cref="V1.BgpReset"/>.</summary>
    public static JsonTypeInfo<V1.BgpReset> BgpReset => LoxiJsonContext.Default.BgpReset;

    /// <summary>Reads and writes <see cref="VersionInfo"/>.</summary>
    public static JsonTypeInfo<VersionInfo> VersionInfo => LoxiJsonContext.Default.VersionInfo;

    /// <summary>Reads and writes <see cref="NodeParameters"/>.</summary>
    public static JsonTypeInfo<NodeParameters> NodeParameters => LoxiJsonContext.Default.NodeParameters;

    /// <summary>Reads and writes <see cref="ResultBody"/>.</summary>
    public static JsonTypeInfo<ResultBody> ResultBody => LoxiJsonContext.Default.ResultBody;

    /// <summary>Reads and writes <see cref="ClusterStateList"/>.</summary>
    public static JsonTypeInfo<ClusterStateList> ClusterStateList => LoxiJsonContext.Default.ClusterStateList;

    /// <summary>Reads and writes <see cref="ErrorBody"/>.</summary>
    public static JsonTypeInfo<ErrorBody> ErrorBody => LoxiJsonContext.Default.ErrorBody;

    /// <summary>Reads and writes <see cref="ValidationErrorBody"/>.</summary>
    public static JsonTypeInfo<ValidationErrorBody> ValidationErrorBody => LoxiJsonContext.Default.ValidationErrorBody;

    /// <summary>Reads and writes <see cref="NodeStatus"/>.</summary>
    public static JsonTypeInfo<NodeStatus> NodeStatus => LoxiJsonContext.Default.NodeStatus;

    /// <summary>Reads and writes <see cref="NodeCounters"/>.</summary>
    public static JsonTypeInfo<NodeCounters> NodeCounters => LoxiJsonContext.Default.NodeCounters;

    /// <summary>Reads and writes <see cref="V1.Connection"/>.</summary>
    public static JsonTypeInfo<V1.Connection> Connection => LoxiJsonContext.Default.Connection;

    /// <summary>Reads and writes <see cref="ConnectionList"/>.</summary>
    public static JsonTypeInfo<ConnectionList> ConnectionList => LoxiJsonContext.Default.ConnectionList;

    /// <summary>Reads and writes <see cref="V1.HaStatus"/>.</summary>
    public static JsonTypeInfo<HaStatus> HaStatus => LoxiJsonContext.Default.HaStatus;

    /// <summary>Reads and writes <see cref="V1.HaPeerSettings"/>.</summary>
    public static JsonTypeInfo<V1.HaPeerSettings> HaPeerSettings => LoxiJsonContext.Default.HaPeerSettings;

    /// <summary>Reads and writes <see cref="V1.HaPeerList"/>.</summary>
    public static JsonTypeInfo<V1.HaPeerList> HaPeerList => LoxiJsonContext.Default.HaPeerList;

    /// <summary>Reads and writes <see cref="V1.HaKeys"/>.</summary>
    public static JsonTypeInfo<V1.HaKeys> HaKeys => LoxiJsonContext.Default.HaKeys;

    /// <summary>Reads and writes <see cref="V1.HaKeysArguments"/>.</summary>
    public static JsonTypeInfo<V1.HaKeysArguments> HaKeysArguments => LoxiJsonContext.Default.HaKeysArguments;
    /// <summary>Reads and writes <see cref="V1.HaCheck"/>.</summary>
    public static JsonTypeInfo<HaCheck> HaCheck => LoxiJsonContext.Default.HaCheck;

    /// <summary>Reads and writes <see cref="V1.HaMoveArguments"/>.</summary>
    public static JsonTypeInfo<HaMoveArguments> HaMoveArguments => LoxiJsonContext.Default.HaMoveArguments;

    /// <summary>Reads and writes <see cref="V1.HaMove"/>.</summary>
    public static JsonTypeInfo<HaMove> HaMove => LoxiJsonContext.Default.HaMove;

    /// <summary>Reads and writes <see cref="V1.HaDrain"/>.</summary>
    public static JsonTypeInfo<HaDrain> HaDrain => LoxiJsonContext.Default.HaDrain;

    /// <summary>Reads and writes <see cref="V1.HaConnectionSums"/>.</summary>
    public static JsonTypeInfo<HaConnectionSums> HaConnectionSums => LoxiJsonContext.Default.HaConnectionSums;

    /// <summary>Reads and writes <see cref="V1.HaConnectionList"/>.</summary>
    public static JsonTypeInfo<HaConnectionList> HaConnectionList => LoxiJsonContext.Default.HaConnectionList;

    /// <summary>Reads and writes <see cref="V1.HaConnection"/>.</summary>
    public static JsonTypeInfo<HaConnection> HaConnection => LoxiJsonContext.Default.HaConnection;

    /// <summary>Reads and writes <see cref="V1.Pool"/>.</summary>
    public static JsonTypeInfo<Pool> Pool => LoxiJsonContext.Default.Pool;

    /// <summary>Reads and writes <see cref="PoolList"/>.</summary>
    public static JsonTypeInfo<PoolList> PoolList => LoxiJsonContext.Default.PoolList;

    /// <summary>Reads and writes <see cref="ConnectionCount"/>.</summary>
    public static JsonTypeInfo<ConnectionCount> ConnectionCount => LoxiJsonContext.Default.ConnectionCount;
}
