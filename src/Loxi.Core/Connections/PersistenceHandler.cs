namespace Loxi.Core.Connections;

/// <summary>Takes what a balancer remembers of a client.</summary>
/// <param name="record">The record, valid during the call.</param>
public delegate void PersistenceHandler(in PersistenceRecord record);
