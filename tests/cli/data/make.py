"""Makes the files of this folder: networks of PyTorch, what goes in, and what PyTorch gives.

Run it in this folder; it needs torch, numpy and safetensors."""

import numpy
import torch
from safetensors.torch import save_file


def save_npz(path, **tensors):
    numpy.savez(path, **{name: tensor.detach().numpy() for name, tensor in tensors.items()})


def lstm():
    """LSTM(3, 4) on three sequences of lengths 2, 5 and 1, from given states."""
    torch.manual_seed(1)
    module = torch.nn.LSTM(3, 4)
    x, h_0, c_0 = torch.randn(5, 3, 3), torch.randn(1, 3, 4), torch.randn(1, 3, 4)
    lengths = torch.tensor([2, 5, 1])
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
    output, (h_n, c_n) = module(packed, (h_0, c_0))
    output, _ = torch.nn.utils.rnn.pad_packed_sequence(output, total_length=5)
    save_file(module.state_dict(), "lstm.safetensors")
    save_npz("lstm_in.npz", input=x, h_0=h_0, c_0=c_0, lengths=lengths)
    save_npz("lstm_half.npz", input=x, h_0=h_0)
    save_npz("lstm_out.npz", output=output, h_n=h_n, c_n=c_n)


def gru():
    """GRU(3, 4, num_layers=2, bidirectional=True) on one sequence without batch, from an .npy."""
    torch.manual_seed(2)
    module = torch.nn.GRU(3, 4, num_layers=2, bidirectional=True)
    x = torch.randn(6, 3)
    output, h_n = module(x)
    save_file(module.state_dict(), "gru.safetensors")
    numpy.save("gru_in.npy", x.numpy())
    save_npz("gru_out.npz", output=output, h_n=h_n)


def chain():
    """Embedding(9, 5) -> GRU(4) -> last -> Linear(2) on ids, batch first."""
    torch.manual_seed(3)
    embedding, layer, linear = torch.nn.Embedding(9, 5), torch.nn.GRU(5, 4, batch_first=True), torch.nn.Linear(4, 2)
    ids = torch.randint(0, 9, (2, 3))
    output, h_n = layer(embedding(ids))
    modules = {0: embedding, 1: layer, 3: linear}
    weights = {f"{i}.{name}": value for i, module in modules.items() for name, value in module.state_dict().items()}
    save_file(weights, "chain.safetensors")
    numpy.save("chain_in.npy", ids.numpy())
    save_npz("chain_out.npz", output=linear(output[:, -1]), h_n=h_n)


lstm()
gru()
chain()
