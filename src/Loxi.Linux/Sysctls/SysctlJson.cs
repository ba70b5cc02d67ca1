using System.Text.Json.Serialization;

namespace Loxi.Linux.Sysctls;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SysctlChange[]))]
internal sealed partial class SysctlJson : JsonSerializerContext;
