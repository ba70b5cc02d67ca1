using Loxi.Core.Connections;
using Loxi.Core.Services;

namespace Loxi.Ha.Sync.Connections;

/// <summary>A service as the dictionary of a stream has it: one port of one VIP.</summary>
internal readonly record struct DictionaryService(FlowAddress Vip, ushort Port, ServiceProtocol Protocol, uint Block);
