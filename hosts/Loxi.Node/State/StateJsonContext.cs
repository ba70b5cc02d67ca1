using System.Text.Json.Serialization;

namespace Loxi.Node.State;

/// <summary>Serializers of what only the state directory holds, generated at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 16)]
[JsonSerializable(typeof(JournalRecord))]
[JsonSerializable(typeof(EndpointDocument))]
[JsonSerializable(typeof(BfdDocument))]
[JsonSerializable(typeof(BgpDocument))]
[JsonSerializable(typeof(RoleDocument))]
[JsonSerializable(typeof(HaDocument))]
internal sealed partial class StateJsonContext : JsonSerializerContext;
