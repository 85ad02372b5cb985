// The forum's question: what are the dimensions of the hidden state of a GRU(input_size 100, hidden_size 20), batch
// first, 3 sequences of 10 words at a time?
#include <iostream>

#include "runnel/nn/embedding.h"
#include "runnel/nn/gru.h"

int main() {
  runnel::Embedding words({.num_embeddings = 5000, .embedding_dim = 100});
  runnel::GRU gru({.input_size = 100, .hidden_size = 20, .batch_first = true});

  runnel::Ids ids(runnel::Shape{{"batch", 3}, {"seq", 10}});  // 3 sentences of 10 words, a number a word
  const runnel::Variable x = words(ids);
  const auto [output, h_n] = gru(x);

  std::cout << "ids     " << ids.shape().to_string() << "\n"     // [batch=3, seq=10]
            << "x       " << x.shape().to_string() << "\n"       // [batch=3, seq=10, feature=100]
            << "output  " << output.shape().to_string() << "\n"  // [batch=3, seq=10, hidden=20]
            << "h_n     " << h_n.shape().to_string() << "\n";    // [layer·direction=1, batch=3, hidden=20]
}
