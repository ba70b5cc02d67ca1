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

    /// <summary>Reads and writes <see cref="V1.Pool"/>.</summary>
    public static JsonTypeInfo<Pool> Pool => LoxiJsonContext.Default.Pool;

    /// <summary>Reads and writes <see cref="PoolList"/>.</summary>
    public static JsonTypeInfo<PoolList> PoolList => LoxiJsonContext.Default.PoolList;

    /// <summary>Reads and writes <see cref="ConnectionCount"/>.</summary>
    public static JsonTypeInfo<ConnectionCount> ConnectionCount => LoxiJsonContext.Default.ConnectionCount;
}
