namespace Loxi.Ebpf.Native.Maps;

/// <summary>Handles a record of a ring buffer.</summary>
/// <typeparam name="TState">Type of the state.</typeparam>
/// <param name="record">Bytes of the record, 8-byte aligned, valid during the call only.</param>
/// <param name="state">State that was passed to the reader.</param>
public delegate void RingBufferRecordHandler<in TState>(ReadOnlySpan<byte> record, TState state);
