using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Connections;

/// <summary>An endpoint as the dictionary of a stream has it.</summary>
internal readonly record struct DictionaryEndpoint(FlowAddress Address, ushort Port);
