using System.Text.Json.Serialization;
using Loxi.Api.V1;
using Loxi.Api.Wire;

namespace Loxi.Api;

/// <summary>Serializers that are generated at compile time. Input names match in any case, unknown members are passed over, as Go's encoding/json does.</summary>
[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 32)]
[JsonSerializable(typeof(LoadbalanceEntry))]
[JsonSerializable(typeof(LoadbalanceList))]
[JsonSerializable(typeof(ConntrackEntry))]
[JsonSerializable(typeof(ConntrackList))]
[JsonSerializable(typeof(EndpointList))]
[JsonSerializable(typeof(EndpointArguments))]
[JsonSerializable(typeof(EndpointHostState))]
[JsonSerializable(typeof(BfdArguments))]
[JsonSerializable(typeof(BfdList))]
[JsonSerializable(typeof(BgpGlobalArguments))]
[JsonSerializable(typeof(BgpNeighborArguments))]
[JsonSerializable(typeof(BgpNeighborList))]
[JsonSerializable(typeof(BgpDynamicNeighborArguments))]
[JsonSerializable(typeof(BgpDynamicNeighborList))]
[JsonSerializable(typeof(BgpDefinedSet))]
[JsonSerializable(typeof(BgpDefinedSetList))]
[JsonSerializable(typeof(BgpPolicyDefinition))]
[JsonSerializable(typeof(BgpPolicyList))]
[JsonSerializable(typeof(BgpPolicyApplication))]
[JsonSerializable(typeof(ClusterState))]
[JsonSerializable(typeof(BgpPeer))]
[JsonSerializable(typeof(BgpPeerList))]
[JsonSerializable(typeof(BgpRouteList))]
[JsonSerializable(typeof(BgpReset))]
[JsonSerializable(typeof(VersionInfo))]
[JsonSerializable(typeof(NodeParameters))]
[JsonSerializable(typeof(ResultBody))]
[JsonSerializable(typeof(ClusterStateList))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ValidationErrorBody))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(NodeCounters))]
[JsonSerializable(typeof(Connection))]
[JsonSerializable(typeof(ConnectionList))]
[JsonSerializable(typeof(ConnectionCount))]
[JsonSerializable(typeof(HaStatus))]
[JsonSerializable(typeof(HaPeerSettings))]
[JsonSerializable(typeof(HaPeerList))]
[JsonSerializable(typeof(HaKeys))]
[JsonSerializable(typeof(HaKeysArguments))]
[JsonSerializable(typeof(HaCheck))]
[JsonSerializable(typeof(HaMoveArguments))]
[JsonSerializable(typeof(HaMove))]
[JsonSerializable(typeof(HaDrain))]
[JsonSerializable(typeof(Pool))]
[JsonSerializable(typeof(PoolList))]
internal sealed partial class LoxiJsonContext : JsonSerializerContext;
